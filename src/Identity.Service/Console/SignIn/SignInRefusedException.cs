namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>A failed check of the sign-in. The OpenID Connect handler accepts refusals only as exceptions.</summary>
/// <param name="check">The check, for the log; contains nothing unverified from provider or browser.</param>
internal sealed class SignInRefusedException(string check) : Exception(check);
