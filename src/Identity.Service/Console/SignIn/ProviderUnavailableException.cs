namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The provider cannot be used now. The OpenID Connect handler takes failures as exceptions only.</summary>
/// <param name="what">A sentence for the log, without anything that the provider sent.</param>
internal sealed class ProviderUnavailableException(string what) : Exception(what);
