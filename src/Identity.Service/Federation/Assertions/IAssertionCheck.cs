namespace Culvert.Identity.Service.Federation.Assertions;

internal interface IAssertionCheck
{
    /// <summary>One of <see cref="AssertionSteps"/>.</summary>
    string Step { get; }

    /// <summary>Null if the check passes.</summary>
    ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken);

    /// <summary>Records what the check read. Runs after the check, only for traces.</summary>
    void Describe(AssertionContext context, TraceStep step) { }
}
