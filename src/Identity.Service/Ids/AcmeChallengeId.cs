namespace Culvert.Identity.Service.Ids;

internal readonly record struct AcmeChallengeId : IIdentifier<AcmeChallengeId>
{
    private AcmeChallengeId(string value) => Value = value;

    public static string Prefix => "acmc";

    public string Value { get; }

    public static AcmeChallengeId Wrap(string value) => new(value);

    public static AcmeChallengeId New() => Identifier.New<AcmeChallengeId>();

    public static bool TryParse(string? text, out AcmeChallengeId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
