namespace Culvert.Stage.Hops;

/// <summary>One of several nodes behind a balancer.</summary>
/// <param name="Program">Of its folder and log.</param>
/// <param name="Name">Its <c>node.name</c>.</param>
internal sealed record ServiceNode(string Program, string Name, int Api, int Machine, int Health);
