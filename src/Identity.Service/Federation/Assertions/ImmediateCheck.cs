namespace Culvert.Identity.Service.Federation.Assertions;

internal abstract class ImmediateCheck(string step) : IAssertionCheck
{
    public string Step => step;

    public ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken) =>
        new(Check(context));

    public virtual void Describe(AssertionContext context, TraceStep step) { }

    protected abstract Denial? Check(AssertionContext context);
}
