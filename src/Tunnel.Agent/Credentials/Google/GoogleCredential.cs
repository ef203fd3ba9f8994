namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>A token of a Google Cloud identity.</summary>
internal sealed class GoogleCredential(GoogleTokens google, TimeProvider time) : OwnTokenCredential(time)
{
    public override string Kind => "google";

    protected override string Subject => google.Identity;

    protected override Task<IssuedToken> RequestAsync() => google.RequestAsync();
}
