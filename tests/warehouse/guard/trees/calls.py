"""Calls of the functions that the gate for Athena and Spark lets in, as the engines' manuals write them."""

from collections.abc import Iterator

_BOTH = """
abs(n); acos(x); asin(x); atan(x); atan2(x, y); cbrt(x); ceil(x); ceiling(x); cos(x); degrees(x); exp(x)
floor(x); greatest(n, m); least(n, m); ln(x); log(2, x); log2(x); pi(); pow(x, 2); power(x, 2); radians(x)
rand(); round(x); round(x, 2); sign(x); sin(x); sqrt(x); tan(x); width_bucket(x, 0, 10, 5); mod(n, m)
CASE WHEN n > 1 THEN 'a' ELSE 'b' END; CAST(s AS INTEGER); TRY_CAST(s AS INTEGER); coalesce(n, m, 0)
if(n > 1, 2, 3); EXISTS (SELECT 1 FROM teams); nullif(n, 0); concat(s, 'x'); concat_ws(',', s, 't')
length(s); lower(s); upper(s); lpad(s, 5, '0'); rpad(s, 5, '0'); chr(65); regexp_count(s, 'x')
regexp_extract(s, 'x(y)', 1); regexp_like(s, 'x'); regexp_replace(s, 'x', 'y'); repeat(s, 3)
replace(s, 'x', 'y'); reverse(s); split(s, ','); split_part(s, ',', 1); position('x' IN s)
substr(s, 1, 4); substring(s, 2); translate(s, 'x', 'y'); trim(s); trim(LEADING 'x' FROM s); ltrim(s)
rtrim(s); current_date; current_timestamp; day(d); month(d); year(d); quarter(d); hour(d); minute(d)
second(d); date_trunc('month', d); EXTRACT(YEAR FROM d); DATE '2024-01-31'; d + INTERVAL '1' DAY
array_agg(n); array_distinct(array_agg(n)); array_max(array_agg(n)); array_min(array_agg(n))
array_sort(array_agg(n)); array_join(array_agg(s), ','); sequence(1, 10, 2); any_value(n)
approx_percentile(x, 0.5); avg(x); corr(x, y); count(*); count(DISTINCT n); count_if(n > 1)
covar_pop(x, y); covar_samp(x, y); kurtosis(x); bool_and(n > 1); bool_or(n > 1); every(n > 1); max(n)
min(n); max_by(n, m); min_by(n, m); regr_intercept(x, y); regr_slope(x, y); skewness(x); stddev(x)
stddev_pop(x); stddev_samp(x); sum(x); variance(x); var_pop(x); var_samp(x)
listagg(s, ',') WITHIN GROUP (ORDER BY s); cume_dist() OVER w; dense_rank() OVER w; first_value(n) OVER w
lag(n, 1, 0) OVER w; last_value(n) OVER w; lead(n) OVER w; nth_value(n, 2) OVER w; ntile(4) OVER w
percent_rank() OVER w; rank() OVER w; row_number() OVER w
"""
CALLS = {
    "trino": """
is_nan(x); truncate(x); truncate(x, 2); random(); starts_with(s, 'x'); strpos(s, 'x')
levenshtein_distance(s, 't'); date(s); date_add('day', 1, d); date_add('day', n + 1, d)
date_diff('day', d, e); day_of_month(d); day_of_week(d); dow(d); day_of_year(d); doy(d); week(d)
week_of_year(d); year_of_week(d); last_day_of_month(d); now(); date_format(d, '%Y-%m')
date_parse(s, '%Y-%m-%d'); TIMESTAMP '2024-01-31 10:00:00'; ARRAY[1, 2]; ARRAY[1, 2][1]
contains(ARRAY[1, 2], 1); cardinality(ARRAY[1, 2]); combinations(ARRAY[1, 2], 2)
element_at(ARRAY[1, 2], 1); arbitrary(n); approx_distinct(n); geometric_mean(x); grouping(season)
normalize(s); url_decode(s); array_agg(n ORDER BY n); sum(n) FILTER (WHERE n > 1)
approx_percentile(x, n, 0.5)
""",
    "spark": """
isnan(x); try_divide(x, y); months_between(d, e); weekday(d); some(n > 1); ascii(s); nvl(n, 0)
nvl2(n, 1, 0); ifnull(n, 0); initcap(s); left(s, 2); right(s, 2); levenshtein(s, 't'); startswith(s, 'x')
endswith(s, 'x'); contains(s, 'x'); md5(s); instr(s, 'x'); locate('x', s); locate('x', s, 2)
char_length(s); random(); log(x); n DIV m; signum(x); s RLIKE 'x'; rlike(s, 'x'); s ILIKE 'x%'
CAST(s AS STRING); int(s)
string(n); split(s, ',', 2); current_date(); current_timestamp(); date_add(d, 1); date_sub(d, n + 1)
datediff(d, e); datediff(DAY, d, e); dayofmonth(d); dayofweek(d); dayofyear(d); weekofyear(d); last_day(d)
date_format(d, 'yyyy-MM'); to_date(s); to_date(s, 'dd.MM.yyyy'); to_timestamp(s, 'yyyy')
trunc(d, 'MONTH'); TIMESTAMP '2024-01-31 10:00:00'; EXTRACT(WEEK FROM d); array(1, 2); array(1, 2)[0]
array_contains(array(1, 2), 1); size(array(1, 2)); sort_array(array(1, 2), false); collect_list(n)
collect_set(n); element_at(array(1, 2), 1); approx_count_distinct(n); median(x); mode(n)
percentile(x, 0.5); percentile_approx(x, 0.5, 100); percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC)
percentile_disc(0.9) WITHIN GROUP (ORDER BY x DESC); grouping(season); first_value(n, true) OVER w
curdate(); character_length(s); date_diff(d, e); dateadd(d, 1); lcase(s); len(s); ucase(s); string_agg(s, ',')
approx_percentile(x, 0.5); ltrim('x', s); rtrim('x', s); trim('x', s); mod(n, 2); div(n, 2)
""",
}


def calls(dialect: str) -> Iterator[str]:
    """Those that a dialect has."""
    for line in (_BOTH + CALLS[dialect]).strip().splitlines():
        yield from (call.strip() for call in line.split(";") if call.strip())


def statement(call: str) -> str:
    """A query that makes the call."""
    group = " GROUP BY ROLLUP (season)" if call.startswith("grouping") else ""
    window = " WINDOW w AS (PARTITION BY m ORDER BY n)" if call.endswith(" w") else ""
    return f"SELECT {call} AS found FROM games{group}{window}"
