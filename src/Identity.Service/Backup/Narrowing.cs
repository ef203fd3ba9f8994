namespace Culvert.Identity.Service.Backup;

/// <summary>
/// A restriction applied by a restore, because the object was or may have been restricted after the backup.
/// </summary>
/// <param name="Kind">The kind of object, such as <c>federation_rule</c>.</param>
/// <param name="Deed">The change, such as <c>archived</c> or <c>held</c>.</param>
/// <param name="Cause">The event, or the general rule.</param>
internal sealed record Narrowing(string Kind, string Id, string Deed, string Cause);
