namespace Culvert.Identity.Cli.SignIn;

internal interface IPersonSignIn : IDisposable
{
    /// <summary>Shows where to go, waits for the person, and returns the token to exchange.</summary>
    Task<string> RunAsync(CancellationToken cancel);
}
