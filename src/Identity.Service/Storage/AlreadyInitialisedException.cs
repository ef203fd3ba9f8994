namespace Culvert.Identity.Service.Storage;

/// <summary>There is an installation already, and <c>init</c> never touches one.</summary>
internal sealed class AlreadyInitialisedException(string message) : StoreException(message);
