using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>One rule that an exchange must satisfy.</summary>
internal interface IAssertionCheck
{
    /// <summary>One of <see cref="AssertionSteps"/>.</summary>
    string Step { get; }

    /// <summary>Null = satisfied.</summary>
    ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken);

    /// <summary>Records, after the check, what it read. Only called for traces.</summary>
    void Describe(AssertionContext context, TraceStep step) { }
}
