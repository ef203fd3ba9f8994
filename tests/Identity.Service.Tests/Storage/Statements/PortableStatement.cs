using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Tests.Storage.Statements;

/// <summary>
/// A statement in the form that is the same for both databases: one blank between words, no comments, parameters numbered
/// in the order of their first use, a list as <c>IN (…)</c> however many values it has and however it is passed.
/// </summary>
/// <remarks>
/// Only what reads and changes rows is portable. Transactions, settings and locks differ between databases by their nature;
/// the schema is translated, and every test on PostgreSQL begins with all of it.
/// </remarks>
internal static partial class PortableStatement
{
    /// <summary>The portable statements of a text, which may hold several.</summary>
    public static IEnumerable<string> Of(string sql)
    {
        var parameters = new List<string>();
        var text = Tokens()
            .Replace(
                sql,
                token =>
                {
                    if (token.Groups["parameter"].Success)
                    {
                        if (!parameters.Contains(token.Value))
                        {
                            parameters.Add(token.Value);
                        }

                        return $"${parameters.IndexOf(token.Value) + 1}";
                    }

                    if (token.Groups["end"].Success)
                    {
                        parameters.Clear();
                        return "\n";
                    }

                    return token.Groups["list"].Success ? "IN (…)"
                        : token.Groups["blank"].Success ? " "
                        : token.Value;
                }
            );
        return text.Split('\n', StringSplitOptions.TrimEntries).Where(statement => Portable().IsMatch(statement));
    }

    /// <summary>
    /// Those of a command of PostgreSQL. That of a batch has one statement per line; one statement over several lines also
    /// gives its parts, which no other statement is equal to. Of several questions that the binder asks at once, each.
    /// </summary>
    public static IEnumerable<string> OfCommand(string sql) =>
        sql.Split('\n')
            .Append(sql)
            .Concat(Question().Matches(sql).Select(question => question.Groups["statement"].Value))
            .SelectMany(Of);

    [GeneratedRegex(
        @"\(SELECT COUNT\(\*\) FROM \((?<statement>.*?)\) AS f\) = 1",
        RegexOptions.CultureInvariant | RegexOptions.Singleline
    )]
    private static partial Regex Question();

    [GeneratedRegex(
        """
            '[^']*'
            | (?<blank> (?: \s | --[^\n]* )+ )
            | (?<end> ; )
            | (?<list> \bIN\ \( (?: [@$]\w+ (?: ,\ ?[@$]\w+ )* | SELECT\ [@$]\w+\ WHERE\ 1\ =\ 0 ) \) | =\ ANY\([@$]\w+\) )
            | (?<parameter> [@$]\w+ )
            """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Tokens();

    [GeneratedRegex(@"^(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Portable();
}
