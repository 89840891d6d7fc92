SELECT game_id, season, season_type, check_name, subject, detail
FROM quality_results
WHERE NOT passed AND game_id IS NOT NULL
