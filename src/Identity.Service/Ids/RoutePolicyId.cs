namespace Culvert.Identity.Service.Ids;

/// <summary>A version of a route's policy: <c>pol_01</c> and 22 base-62 characters.</summary>
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
