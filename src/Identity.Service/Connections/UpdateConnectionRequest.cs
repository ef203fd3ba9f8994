using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Connections;

/// <summary>Partial: absent members are unchanged.</summary>
internal sealed record UpdateConnectionRequest
{
    public Optional<string> DisplayName { get; init; }

    /// <summary>Replaces all of them, for people who connect from now on; null = unchanged.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Replaces the secret of a client that has one.</summary>
    public Optional<string> ClientSecret { get; init; }

    // The generated text of a record would print the secret.
    public override string ToString() => nameof(UpdateConnectionRequest);
}
