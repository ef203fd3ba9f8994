namespace Culvert.Ca.Linting;

internal sealed class SerialNumberIsOurs : ICertificateLint
{
    public string Name => "serial_number_is_ours";

    public string Clause => "RFC 5280 §4.1.2.2";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.SerialNumber.Span.SequenceEqual(subject.Order.Serial.Value)
        && subject.Certificate.SerialNumber.Span[0] is >= 0x01 and <= 0x7f;
}
