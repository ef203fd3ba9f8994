namespace Culvert.Identity.Service.Ids;

internal readonly record struct RoutePolicyId : IIdentifier<RoutePolicyId>
{
    private RoutePolicyId(string value) => Value = value;

    public static string Prefix => "pol";

    public string Value { get; }

    public static RoutePolicyId Wrap(string value) => new(value);

    public static RoutePolicyId New() => Identifier.New<RoutePolicyId>();

    public static bool TryParse(string? text, out RoutePolicyId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
