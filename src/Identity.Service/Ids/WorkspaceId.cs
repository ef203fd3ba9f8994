namespace Culvert.Identity.Service.Ids;

internal readonly record struct WorkspaceId : IIdentifier<WorkspaceId>
{
    private WorkspaceId(string value) => Value = value;

    public static string Prefix => "wrkspc";

    public string Value { get; }

    public static WorkspaceId Wrap(string value) => new(value);

    public static WorkspaceId New() => Identifier.New<WorkspaceId>();

    public static bool TryParse(string? text, out WorkspaceId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
