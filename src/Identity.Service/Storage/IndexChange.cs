using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Storage;

/// <summary>A statement of a migration that changes only indexes.</summary>
/// <param name="IsUnique">For an index that is created.</param>
/// <param name="Definition">The text from <c>ON</c>; null = the index is dropped.</param>
internal sealed partial record IndexChange(string Name, bool IsUnique, string? Definition)
{
    /// <exception cref="InvalidOperationException">The migration contains another statement.</exception>
    public static IReadOnlyList<IndexChange> ParseAll(Migration migration) =>
        [
            .. Comment()
                .Replace(migration.Sql, "")
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(statement => Parse(migration, statement)),
        ];

    /// <summary>An idempotent statement.</summary>
    /// <param name="how">The text before the name: empty, or a keyword of one database.</param>
    public string ToSql(string how = "") =>
        Definition is null
            ? $"DROP INDEX {how} IF EXISTS {Name}"
            : $"CREATE {(IsUnique ? "UNIQUE " : "")}INDEX {how} IF NOT EXISTS {Name} {Definition}";

    private static IndexChange Parse(Migration migration, string statement)
    {
        if (Drop().Match(statement) is { Success: true } dropped)
        {
            return new IndexChange(dropped.Groups["name"].Value, IsUnique: false, null);
        }

        return Create().Match(statement) is { Success: true } made
            ? new IndexChange(made.Groups["name"].Value, made.Groups["unique"].Success, made.Groups["definition"].Value)
            : throw new InvalidOperationException(
                $"{migration.Name} is marked '{Migration.OnlineMark}' and does more than create and drop indexes."
            );
    }

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^DROP INDEX (?<name>\w+)$")]
    private static partial Regex Drop();

    [GeneratedRegex(@"^CREATE (?<unique>UNIQUE )?INDEX (?<name>\w+)\s+(?<definition>ON .+)$", RegexOptions.Singleline)]
    private static partial Regex Create();
}
