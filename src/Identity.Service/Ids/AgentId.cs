namespace Culvert.Identity.Service.Ids;

internal readonly record struct AgentId : IIdentifier<AgentId>
{
    private AgentId(string value) => Value = value;

    public static string Prefix => "agt";

    public string Value { get; }

    public static AgentId Wrap(string value) => new(value);

    public static AgentId New() => Identifier.New<AgentId>();

    public static bool TryParse(string? text, out AgentId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
