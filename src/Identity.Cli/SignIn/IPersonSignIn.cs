namespace Culvert.Identity.Cli.SignIn;

/// <summary>One way in which a person proves to the identity provider who they are.</summary>
internal interface IPersonSignIn : IDisposable
{
    /// <summary>Says where to go, waits for the person, and gives the token that is to be exchanged.</summary>
    Task<string> RunAsync(CancellationToken cancel);
}
