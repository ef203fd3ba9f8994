namespace Culvert.Identity.Service.Storage;

/// <summary>The store cannot be used as it is; the message says why and what to do. Ends the program at start.</summary>
internal class StoreException(string message, Exception? inner = null) : Exception(message, inner);
