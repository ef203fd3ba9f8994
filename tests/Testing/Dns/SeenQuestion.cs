namespace Culvert.Testing.Dns;

/// <summary>A question that reached a scripted name server; the name in lower case.</summary>
public sealed record SeenQuestion(string Name, ushort Type, bool OverTcp);
