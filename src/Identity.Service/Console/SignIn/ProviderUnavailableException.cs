namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>The provider is currently unavailable. The OpenID Connect handler accepts failures only as exceptions.</summary>
/// <param name="what">A sentence for the log, without data from the provider.</param>
internal sealed class ProviderUnavailableException(string what) : Exception(what);
