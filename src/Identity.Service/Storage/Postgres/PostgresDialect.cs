using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>The differences between our portable SQL and PostgreSQL's.</summary>
internal static partial class PostgresDialect
{
    private static readonly ConcurrentDictionary<(string Sql, int First), PositionalSql> Compiled = new();

    /// <summary>Migrations use BLOB.</summary>
    public static string TranslateMigration(string sql) => Blob().Replace(sql, "BYTEA");

    /// <summary>
    /// A statement's text with <c>$1</c> instead of <c>@Name</c>, compiled once, so that the driver need not parse it at
    /// each use.
    /// </summary>
    /// <param name="first">The number of its first parameter; greater than 1 if other parameters precede it.</param>
    public static PositionalSql Compile(string sql, int first = 1) =>
        Compiled.GetOrAdd((sql, first), static key => Parse(key.Sql, key.First));

    private static PositionalSql Parse(string sql, int first)
    {
        var text = new StringBuilder(sql.Length);
        var names = new List<string>();
        var last = 0;
        foreach (var match in Tokens().Matches(sql).Cast<Match>().Where(match => match.Value[0] == '@'))
        {
            var name = match.Value[1..];
            var index = names.IndexOf(name);
            if (index < 0)
            {
                index = names.Count;
                names.Add(name);
            }

            text.Append(sql, last, match.Index - last).Append('$').Append(first + index);
            last = match.Index + match.Length;
        }

        text.Append(sql, last, sql.Length - last);
        return new PositionalSql(text.ToString(), [.. names]);
    }

    [GeneratedRegex(@"\bBLOB\b", RegexOptions.CultureInvariant)]
    private static partial Regex Blob();

    [GeneratedRegex(@"'[^']*'|@[A-Za-z_][A-Za-z0-9_]*", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}
