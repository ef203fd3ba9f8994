namespace Culvert.Machine.Client.Providers;

internal sealed record ProviderPage<T>
{
    /// <summary>Missing: empty.</summary>
    public IReadOnlyList<T> Data { get; init; } = [];

    /// <summary>The token that requests the next page; null: this is the last.</summary>
    public string? NextPage { get; init; }
}
