namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

internal enum MaskForm
{
    Email,
    Phone,
    Iban,
    Card,
    Last4,
    Hash,
    Text,
}

[Flags]
internal enum DetectorKinds
{
    None = 0,
    Email = 1,
    Iban = 2,
    Card = 4,
    Phone = 8,
}

internal static class MaskForms
{
    public static readonly IReadOnlyList<string> Names = ["email", "phone", "iban", "card", "last4", "hash", "text"];

    public static MaskForm Parse(string name) => Enum.Parse<MaskForm>(name, true);

    public static string Mask(MaskForm form, string value, ReadOnlySpan<byte> key) =>
        form == MaskForm.Text ? "***" : "***" + key.Length + value.Length;
}

internal static class Detectors
{
    public static readonly IReadOnlyList<string> Names = ["email", "iban", "card", "phone"];

    public static bool TryParse(string name, out DetectorKinds kind) => Enum.TryParse(name, true, out kind);

    public static string Mask(DetectorKinds kinds, string text) => text.Contains('@') ? "x***" : text;
}
