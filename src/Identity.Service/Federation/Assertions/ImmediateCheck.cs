namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A check that waits for nothing.</summary>
internal abstract class ImmediateCheck : IAssertionCheck
{
    public ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken) =>
        new(Check(context));

    /// <summary>Null = satisfied.</summary>
    protected abstract Denial? Check(AssertionContext context);
}
