namespace Culvert.Identity.Service.Storage.Postgres;

/// <param name="Text">With <c>$1</c>, <c>$2</c>, ….</param>
/// <param name="Names">The parameters' names in that order.</param>
internal sealed record PositionalSql(string Text, IReadOnlyList<string> Names);
