namespace Culvert.Identity.Service.Hosting;

internal sealed record TokenSigningOptions
{
    /// <summary>Life of a token signing key before the next one takes over.</summary>
    public TimeSpan RotateEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a key stands in the published set before it signs.</summary>
    public TimeSpan PublishBefore { get; init; } = TimeSpan.FromHours(24);
}
