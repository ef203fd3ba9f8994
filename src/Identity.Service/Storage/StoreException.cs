namespace Culvert.Identity.Service.Storage;

/// <summary>The store cannot be used; the message says why and what to do. At start it ends the program.</summary>
internal class StoreException(string message, Exception? inner = null) : Exception(message, inner);
