namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>One rule that an exchange must satisfy.</summary>
internal interface IAssertionCheck
{
    /// <summary>Null = satisfied.</summary>
    ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken);
}
