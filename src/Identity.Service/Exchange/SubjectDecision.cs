using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Exactly one of the two is set.</summary>
internal readonly record struct SubjectDecision(GrantSubject? Subject, Denial Denial)
{
    public static implicit operator SubjectDecision(GrantSubject subject) => new(subject, default);

    public static implicit operator SubjectDecision(Denial denial) => new(null, denial);
}
