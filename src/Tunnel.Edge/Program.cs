using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Commands;

return await ProgramEntry.RunAsync("tunnel-edge", () => EdgeCommand.RunAsync(args));
