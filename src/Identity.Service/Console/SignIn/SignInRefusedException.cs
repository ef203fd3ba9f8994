namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>A check of the sign-in failed. The OpenID Connect handler takes refusals as exceptions only.</summary>
/// <param name="check">Which one, for the log; holds nothing that the provider or the browser sent unchecked.</param>
internal sealed class SignInRefusedException(string check) : Exception(check);
