"""The errors of each provider as it words them: status, code or type, message."""

from typing import Literal

from servers.models.replies import FaultKind

Vendor = Literal["openai", "deepseek", "ollama", "anthropic", "google", "bedrock"]
Wording = tuple[int, str, str]

OPENAI: dict[FaultKind, Wording] = {
    "invalid": (400, "invalid_value", "Invalid value in the request."),
    "too_long": (
        400,
        "context_length_exceeded",
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    ),
    "unauthorized": (
        401,
        "invalid_api_key",
        "Incorrect API key provided: a-key. You can find your API key at https://platform.openai.com.",
    ),
    "out_of_credit": (
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "forbidden": (403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
    "no_such_model": (
        404,
        "model_not_found",
        "The model `{model}` does not exist or you do not have access to it.",
    ),
    "rate_limited": (
        429,
        "rate_limit_exceeded",
        "Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested 1.",
    ),
    "server_error": (
        500,
        "server_error",
        "The server had an error while processing your request. Sorry about that!",
    ),
    "unavailable": (503, "service_unavailable", "The service is temporarily unavailable."),
    "overloaded": (
        503,
        "server_is_overloaded",
        "The engine is currently overloaded, please try again later",
    ),
    "blocked": (
        400,
        "invalid_prompt",
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
    ),
}

DEEPSEEK: dict[FaultKind, Wording] = {
    "invalid": (400, "invalid_request_error", "Failed to deserialize the JSON body into the target type"),
    "too_long": (
        400,
        "invalid_request_error",
        "This model's maximum context length is 65536 tokens. However, you requested 70010 tokens.",
    ),
    "unauthorized": (
        401,
        "invalid_request_error",
        "Authentication Fails, Your api key: ****-key is invalid",
    ),
    "out_of_credit": (402, "invalid_request_error", "Insufficient Balance"),
    "forbidden": (403, "invalid_request_error", "Forbidden"),
    "no_such_model": (400, "invalid_request_error", "Model Not Exist"),
    "rate_limited": (429, "rate_limit_reached", "Rate limit reached for requests"),
    "server_error": (500, "internal_error", "Internal Server Error"),
    "unavailable": (503, "service_unavailable_error", "Service is too busy."),
    "overloaded": (
        503,
        "service_unavailable_error",
        "Service is too busy. We advise users to switch to alternative LLM API service providers.",
    ),
    "blocked": (400, "invalid_request_error", "Content Exists Risk"),
}

OLLAMA: dict[FaultKind, Wording] = {
    "invalid": (400, "", "invalid message format"),
    "too_long": (400, "", "the input length exceeds the maximum context length"),
    "unauthorized": (401, "", "unauthorized"),
    "out_of_credit": (402, "", "this model requires a subscription"),
    "forbidden": (403, "", "forbidden"),
    "no_such_model": (404, "", "model '{model}' not found"),
    "rate_limited": (429, "", "you have reached your hourly usage limit"),
    "server_error": (500, "", "llama runner process has terminated: signal: killed"),
    "unavailable": (503, "", "server busy, please try again. maximum pending requests exceeded"),
    "overloaded": (503, "", "server busy, please try again. maximum pending requests exceeded"),
    "blocked": (400, "", "invalid prompt"),
}

ANTHROPIC: dict[FaultKind, Wording] = {
    "invalid": (400, "invalid_request_error", "messages: at least one message is required"),
    "too_long": (400, "invalid_request_error", "prompt is too long: 200510 tokens > 200000 maximum"),
    "unauthorized": (401, "authentication_error", "invalid x-api-key"),
    "out_of_credit": (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.",
    ),
    "forbidden": (403, "permission_error", "Your API key does not have permission to use this resource"),
    "no_such_model": (404, "not_found_error", "model: {model}"),
    "rate_limited": (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 50 requests per minute.",
    ),
    "server_error": (500, "api_error", "Internal server error"),
    "unavailable": (503, "api_error", "Service unavailable"),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "blocked": (400, "invalid_request_error", "Output blocked by content filtering policy"),
}

GOOGLE: dict[FaultKind, Wording] = {
    "invalid": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "too_long": (
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "unauthorized": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "out_of_credit": (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "forbidden": (403, "PERMISSION_DENIED", "Your project has been denied access."),
    "no_such_model": (
        404,
        "NOT_FOUND",
        "models/{model} is not found for API version v1beta, or is not supported for generateContent.",
    ),
    "rate_limited": (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server_error": (500, "INTERNAL", "An internal error has occurred. Please retry."),
    "unavailable": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "overloaded": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "blocked": (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
}

BEDROCK: dict[FaultKind, Wording] = {
    "invalid": (400, "ValidationException", "Malformed input request, please reformat your input."),
    "too_long": (400, "ValidationException", "Input is too long for requested model."),
    "unauthorized": (
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    "out_of_credit": (400, "ServiceQuotaExceededException", "You have exceeded your service quota."),
    "forbidden": (
        403,
        "AccessDeniedException",
        "You don't have access to the model with the specified model ID.",
    ),
    "no_such_model": (400, "ValidationException", "The provided model identifier is invalid."),
    "rate_limited": (
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
    ),
    "server_error": (500, "InternalServerException", "The system encountered an unexpected error."),
    "unavailable": (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
    "overloaded": (503, "ServiceUnavailableException", "Model is overloaded. Please try again later."),
    "blocked": (400, "ValidationException", "The request was blocked."),
}

WORDINGS: dict[Vendor, dict[FaultKind, Wording]] = {
    "openai": OPENAI,
    "deepseek": DEEPSEEK,
    "ollama": OLLAMA,
    "anthropic": ANTHROPIC,
    "google": GOOGLE,
    "bedrock": BEDROCK,
}
