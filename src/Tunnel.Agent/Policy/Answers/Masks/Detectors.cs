namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>What is masked in a text. <see cref="DetectedText"/> has the names in the configuration.</summary>
[Flags]
internal enum Detectors
{
    None = 0,
    Email = 1,
    Iban = 2,
    Card = 4,
    Phone = 8,
    All = Email | Iban | Card | Phone,
}
