namespace Culvert.Identity.Service.Storage;

/// <summary>There is no installation yet: <c>init</c> or <c>restore</c> makes one.</summary>
internal sealed class NotInitialisedException(string message) : StoreException(message);
