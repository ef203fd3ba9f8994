namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// <c>directory.groups</c> and <c>directory.group_ids</c>: lists of strings, empty for a person without groups.
/// </summary>
internal sealed class CelGroups(int position, bool isIds) : CelNode(position, CelType.List, 1)
{
    public const string Variable = "directory";
    public const string Names = "groups";
    public const string Ids = "group_ids";

    public bool IsIds => isIds;

    protected override object Compute(CelFrame frame) =>
        frame.Groups switch
        {
            null => CelErrorValue.UnknownGroups,
            { IsTooMany: true } => CelErrorValue.TooManyGroups,
            var groups => new CelList(isIds ? groups.Ids : groups.Names),
        };
}
