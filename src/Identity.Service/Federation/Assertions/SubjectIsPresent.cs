using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (2). Stricter: printable ASCII of bounded length, because people read subjects in rules and logs, and
/// look-alikes are not the same workload.
/// </summary>
internal sealed class SubjectIsPresent() : ImmediateCheck(AssertionSteps.Subject)
{
    private const int MaxLength = 1024;

    public override void Describe(AssertionContext context, TraceStep step) => step.Add("got", context.Subject);

    protected override Denial? Check(AssertionContext context)
    {
        var subject = context.Claims.FindString("sub"u8);
        if (subject is not { Length: >= 1 and <= MaxLength } || subject.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return new Denial(DenialReason.SubjectInvalid);
        }

        context.Subject = subject;
        return null;
    }
}
