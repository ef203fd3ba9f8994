namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (2). Stricter: printable ASCII of bounded length, because people read subjects in rules and logs, and
/// look-alikes are not the same workload.
/// </summary>
internal sealed class SubjectIsPresent : ImmediateCheck
{
    private const int MaxLength = 1024;

    protected override Denial? Check(AssertionContext context)
    {
        var subject = context.Token.Claims.FindString("sub"u8);
        if (subject is not { Length: >= 1 and <= MaxLength } || subject.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return new Denial(DenialReason.SubjectInvalid);
        }

        context.Subject = subject;
        return null;
    }
}
