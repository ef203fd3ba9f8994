namespace Culvert.Identity.Service.Storage;

/// <summary>Thrown if an installation exists: <c>init</c> never changes one.</summary>
internal sealed class AlreadyInitialisedException(string message) : StoreException(message);
