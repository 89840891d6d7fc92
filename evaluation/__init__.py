"""How well questions are answered: questions as people type them, answers by independent SQL, a judge."""
