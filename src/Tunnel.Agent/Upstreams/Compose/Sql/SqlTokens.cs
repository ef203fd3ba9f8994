using System.Buffers;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>Splits SQL into its tokens as SQLite does, without its comments (https://www.sqlite.org/lang_keywords.html).</summary>
internal static class SqlTokens
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n\f\r");

    public static IReadOnlyList<SqlToken> Read(string sql)
    {
        var tokens = new List<SqlToken>();
        var depth = 0;
        for (var at = 0; at < sql.Length; )
        {
            var end = FindEnd(sql, at, out var kind);
            if (sql[at] == ')')
            {
                depth--;
            }

            if (kind is { } found)
            {
                tokens.Add(new SqlToken(found, GetText(sql[at..end], found), at, depth));
            }

            if (sql[at] == '(')
            {
                depth++;
            }

            at = end;
        }

        return tokens;
    }

    // Null as the kind: blanks and comments.
    private static int FindEnd(string sql, int at, out SqlTokenKind? kind)
    {
        var rest = sql.AsSpan(at);
        kind = null;
        if (Blanks.Contains(sql[at]))
        {
            return at + 1;
        }

        if (rest.StartsWith("--"))
        {
            return FindAfter(sql, at, "\n");
        }

        if (rest.StartsWith("/*"))
        {
            return FindAfter(sql, at + 2, "*/");
        }

        switch (sql[at])
        {
            case '\'':
                kind = SqlTokenKind.Text;
                return FindQuote(sql, at, '\'');
            case '"' or '`':
                kind = SqlTokenKind.QuotedName;
                return FindQuote(sql, at, sql[at]);
            case '[':
                kind = SqlTokenKind.QuotedName;
                return FindAfter(sql, at, "]");
            case '?' or ':' or '@' or '$':
                kind = SqlTokenKind.Parameter;
                return FindWordEnd(sql, at + 1);
            case var first when IsWord(first):
                kind = char.IsAsciiDigit(first) ? SqlTokenKind.Other : SqlTokenKind.Word;
                return FindWordEnd(sql, at);
            default:
                kind = SqlTokenKind.Other;
                return at + 1;
        }
    }

    private static string GetText(string token, SqlTokenKind kind)
    {
        if (kind != SqlTokenKind.QuotedName || token.Length < 2)
        {
            return token;
        }

        var quote = token[0].ToString();
        return quote == "[" ? token[1..^1] : token[1..^1].Replace(quote + quote, quote, StringComparison.Ordinal);
    }

    private static int FindAfter(string sql, int from, string end)
    {
        var at = from > sql.Length ? -1 : sql.IndexOf(end, from, StringComparison.Ordinal);
        return at < 0 ? sql.Length : at + end.Length;
    }

    // A doubled quote is part of the text: it is read as the end of one text and the beginning of the next.
    private static int FindQuote(string sql, int from, char quote)
    {
        for (var at = from + 1; at < sql.Length; at++)
        {
            if (sql[at] != quote)
            {
                continue;
            }

            if (at + 1 < sql.Length && sql[at + 1] == quote)
            {
                at++;
                continue;
            }

            return at + 1;
        }

        return sql.Length;
    }

    private static int FindWordEnd(string sql, int at)
    {
        while (at < sql.Length && (IsWord(sql[at]) || sql[at] == '$'))
        {
            at++;
        }

        return at;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c >= 0x80;
}

/// <param name="Text">As written; a name without its quotes.</param>
/// <param name="Offset">The position in the SQL, in characters.</param>
/// <param name="Depth">How many parentheses are open before and after the token.</param>
internal sealed record SqlToken(SqlTokenKind Kind, string Text, int Offset, int Depth)
{
    public bool IsWord(string word) =>
        Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether this is the name of something, with or without quotes.</summary>
    public bool IsName(string name) =>
        Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && Text.Equals(name, StringComparison.OrdinalIgnoreCase);
}

internal enum SqlTokenKind
{
    Word,
    QuotedName,
    Text,
    Parameter,
    Other,
}
