namespace Culvert.Identity.Cli.SignIn;

/// <summary>A way for a person to authenticate at the identity provider.</summary>
internal interface IPersonSignIn : IDisposable
{
    /// <summary>Shows where to go, waits for the person, and returns the token to exchange.</summary>
    Task<string> RunAsync(CancellationToken cancel);
}
