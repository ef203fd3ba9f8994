namespace Culvert.Identity.Service.Ids;

internal readonly record struct CallApprovalId : IIdentifier<CallApprovalId>
{
    private CallApprovalId(string value) => Value = value;

    public static string Prefix => "appr";

    public string Value { get; }

    public static CallApprovalId Wrap(string value) => new(value);

    public static CallApprovalId New() => Identifier.New<CallApprovalId>();

    public static bool TryParse(string? text, out CallApprovalId id) => Identifier.TryParse(text, out id);

    public override string ToString() => Value;
}
