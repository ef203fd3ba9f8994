namespace Culvert.Identity.Service.Backup;

/// <summary>What a restore takes away, because it was or may have been taken away after the backup.</summary>
/// <param name="Kind">Such as <c>federation_rule</c>.</param>
/// <param name="Id">Of the record.</param>
/// <param name="Deed">Such as <c>archived</c> or <c>held</c>.</param>
/// <param name="Cause">The event, or the rule that takes it from all callers.</param>
internal sealed record Narrowing(string Kind, string Id, string Deed, string Cause);
