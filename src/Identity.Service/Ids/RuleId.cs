namespace Culvert.Identity.Service.Ids;

internal readonly record struct RuleId : IIdentifier<RuleId>
{
    private RuleId(string value) => Value = value;

    public static string Prefix => "fdrl";

    public string Value { get; }

    public static RuleId Wrap(string value) => new(value);

    public static RuleId New() => Identifier.New<RuleId>();

    public static bool TryParse(string? text, out RuleId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
