namespace Culvert.Ca.Linting;

internal sealed class SubjectIsOrdered : ICertificateLint
{
    public string Name => "subject_is_ordered";

    public string Clause => "RFC 5280 §4.1.2.6";

    public bool Holds(LintSubject subject) =>
        subject.Certificate.Subject.HasSameEncoding(subject.Order.Subject)
        && (subject.Order.Profile.IsAuthority || subject.Order.Profile.IsResponder)
            != subject.Certificate.Subject.IsEmpty;
}
